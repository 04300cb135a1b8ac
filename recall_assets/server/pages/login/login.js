// Takes the code from behind the #, which no server sees and no history keeps, and sends it.

const code = location.hash.slice(1);

if (code) {
  history.replaceState(null, "", location.pathname + location.search);
  document.getElementById("state").textContent = "Logging in.";
  document.getElementById("code").value = code;
  document.forms[0].submit();
}
