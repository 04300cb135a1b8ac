// Looks again: what has the id `live` is replaced by what the server says now, while somebody looks and types nothing,
// after the seconds that it names; where it names none, it stays.

function again() {
  const seconds = Number(document.getElementById("live").dataset.seconds);
  if (seconds) setTimeout(look, seconds * 1000);
}

function look() {
  const live = document.getElementById("live");
  if (document.hidden || live.contains(document.activeElement)) { again(); return; }
  const request = new XMLHttpRequest();
  request.open("GET", location.pathname);
  request.responseType = "document";
  request.onload = () => {
    const fresh = request.status === 200 && request.responseXML?.getElementById("live");
    if (fresh) live.replaceWith(document.importNode(fresh, true));
  };
  request.onloadend = again;
  request.send();
}

if (document.getElementById("live")) again();
