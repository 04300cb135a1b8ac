"""`recall-agent install`: lets the system start the agent with every login and restart it when it ends.

    Linux    ~/.config/systemd/user/recall-agent.service          systemctl --user enable --now
    macOS    ~/Library/LaunchAgents/io.recall.agent.plist         launchctl bootstrap
    Windows  a task of the task scheduler, at logon               schtasks /create

Nothing is secret in these files, and they run the agent as this user, in this user's session. `--print` shows them.
"""

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape

from capture_agent.places import HOME_VARIABLE

Command = tuple[str, ...]

_OTHERWISE = "Run it in your own graphical session, or let that start `recall-agent run` by other means."


class InstallError(Exception):
    """The service could not be set up; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Service:
    """What is written, and what is run to begin and to end it."""

    path: Path
    text: str
    begin: tuple[Command, ...]
    end: tuple[Command, ...]
    encoding: str = "utf-8"

    def shown(self) -> str:
        """All of it, as a person reads it."""
        commands = "\n".join(" ".join(command) for command in self.begin)
        return f"# {self.path}\n{self.text}\n# then\n{commands}"


def plan(python: Path, *, platform: str = sys.platform, home: Path | None = None) -> Service:
    """How this platform starts the agent with a login.

    Args:
        python: the interpreter of the environment that the agent is installed in.

    Raises:
        InstallError: the platform is not known.
    """
    home = home or Path.home()
    if platform.startswith("linux"):
        return _systemd(python, home)
    if platform == "darwin":
        return _launchd(python, home)
    if platform == "win32":
        return _windows_task(python, home)
    raise InstallError(f"No service is known for {platform}. {_OTHERWISE}")


def install(service: Service, run: Callable[[Command], None] | None = None) -> str:
    """Writes the file and begins; what to say then.

    Raises:
        InstallError: the file cannot be written, or the system refuses.
    """
    try:
        service.path.parent.mkdir(parents=True, exist_ok=True)
        service.path.write_text(service.text, service.encoding)
    except OSError as error:
        raise InstallError(f"{service.path} cannot be written: {error.strerror}.") from error
    for command in service.begin:
        (run or _run)(command)
    return f"{service.path} is written and the agent runs. What it does:  recall-agent status"


def uninstall(service: Service, run: Callable[[Command], None] | None = None) -> str:
    """Ends it and removes the file; what to say then. Frames that wait stay.

    Raises:
        InstallError: the system refuses.
    """
    if not service.path.exists():
        return "It is not installed."
    for command in service.end:
        (run or _run)(command)
    service.path.unlink(missing_ok=True)
    return f"{service.path} is removed. Credentials and frames that wait stay where they are."


def _run(command: Command) -> None:
    try:
        subprocess.run(command, check=True, capture_output=True, text=True, timeout=60)  # noqa: S603
    except FileNotFoundError as error:
        raise InstallError(f"{command[0]} is not there. {_OTHERWISE}") from error
    except subprocess.CalledProcessError as error:
        said = (error.stderr or error.stdout).strip()
        raise InstallError(f"`{' '.join(command)}` failed: {said}. {_OTHERWISE}") from error
    except subprocess.TimeoutExpired as error:
        raise InstallError(f"`{' '.join(command)}` did not end within a minute.") from error


def _systemd(python: Path, home: Path) -> Service:
    # The session's display reaches a user unit through `systemctl --user import-environment`, which desktops do.
    agent_home = os.environ.get(HOME_VARIABLE)
    environment = f'Environment="{HOME_VARIABLE}={agent_home}"\n' if agent_home else ""
    text = f"""\
[Unit]
Description=Recall capture agent
PartOf=graphical-session.target
After=graphical-session.target

[Service]
ExecStart="{python}" -m capture_agent run
{environment}Restart=always
RestartSec=10
Nice=10
UMask=0077
NoNewPrivileges=yes
LockPersonality=yes
RestrictSUIDSGID=yes
# A token outside the home folder: LoadCredential=recall-agent:/path/of/credentials

[Install]
WantedBy=graphical-session.target
"""
    systemctl = ("systemctl", "--user")
    shared = ("DISPLAY", "XAUTHORITY", "WAYLAND_DISPLAY", "XDG_SESSION_TYPE")
    known = tuple(name for name in shared if name in os.environ)
    begin = [(*systemctl, "daemon-reload"), (*systemctl, "enable", "--now", "recall-agent.service")]
    if known:
        begin.insert(0, (*systemctl, "import-environment", *known))
    folder = Path(os.environ.get("XDG_CONFIG_HOME") or home / ".config") / "systemd" / "user"
    end = ((*systemctl, "disable", "--now", "recall-agent.service"),)
    return Service(folder / "recall-agent.service", text, tuple(begin), end)


def _launchd(python: Path, home: Path) -> Service:
    path = home / "Library" / "LaunchAgents" / "io.recall.agent.plist"
    agent_home = os.environ.get(HOME_VARIABLE)
    environment = ""
    if agent_home:
        named = f"<key>{HOME_VARIABLE}</key><string>{escape(agent_home)}</string>"
        environment = f"  <key>EnvironmentVariables</key><dict>{named}</dict>\n"
    text = f"""\
<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0"><dict>
  <key>Label</key><string>io.recall.agent</string>
  <key>ProgramArguments</key><array>
    <string>{escape(str(python))}</string><string>-m</string><string>capture_agent</string><string>run</string>
  </array>
{environment}  <key>RunAtLoad</key><true/>
  <key>KeepAlive</key><true/>
  <key>ThrottleInterval</key><integer>10</integer>
  <key>ProcessType</key><string>Background</string>
  <key>LimitLoadToSessionType</key><string>Aqua</string>
  <key>Umask</key><integer>63</integer>
</dict></plist>
"""
    domain = f"gui/{os.getuid()}" if hasattr(os, "getuid") else "gui"
    begin = (("launchctl", "bootstrap", domain, str(path)),)
    return Service(path, text, begin, (("launchctl", "bootout", f"{domain}/io.recall.agent"),))


def _windows_task(python: Path, home: Path) -> Service:
    path = home / "AppData" / "Local" / "recall-agent" / "task.xml"
    windowless = python.with_name("pythonw.exe")
    text = f"""\
<?xml version="1.0" encoding="UTF-16"?>
<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">
  <Triggers><LogonTrigger><Enabled>true</Enabled></LogonTrigger></Triggers>
  <Principals><Principal id="Author">
    <LogonType>InteractiveToken</LogonType><RunLevel>LeastPrivilege</RunLevel>
  </Principal></Principals>
  <Settings>
    <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>
    <DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>
    <StopIfGoingOnBatteries>false</StopIfGoingOnBatteries>
    <ExecutionTimeLimit>PT0S</ExecutionTimeLimit>
    <RestartOnFailure><Interval>PT1M</Interval><Count>999</Count></RestartOnFailure>
  </Settings>
  <Actions Context="Author"><Exec>
    <Command>{escape(str(windowless))}</Command><Arguments>-m capture_agent run</Arguments>
  </Exec></Actions>
</Task>
"""
    schtasks, name = "schtasks", "Recall capture agent"
    begin = (
        (schtasks, "/create", "/f", "/tn", name, "/xml", str(path)),
        (schtasks, "/run", "/tn", name),
    )
    end = ((schtasks, "/end", "/tn", name), (schtasks, "/delete", "/f", "/tn", name))
    return Service(path, text, begin, end, encoding="utf-16")
