import errno
import os
import resource
import site
import sys
import sysconfig
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final

import landlock  # type: ignore[import-untyped]  # no stubs
import pyseccomp as seccomp  # type: ignore[import-untyped]  # no stubs

# For one file, the libraries, and the two ends of the conversation.
MAX_OPEN_FILES: Final = 256
READ: Final = landlock.FSAccess.READ_FILE | landlock.FSAccess.READ_DIR
CLONE_THREAD: Final = 0x0001_0000
# What reads documents needs none of these; each would be a way out.
FORBIDDEN: Final = (
    *(
        "socket",
        "socketpair",
        "connect",
        "bind",
        "listen",
        "accept",
        "accept4",
        "sendto",
        "sendmsg",
        "sendmmsg",
    ),
    *(
        "execve",
        "execveat",
        "fork",
        "vfork",
        "ptrace",
        "process_vm_readv",
        "process_vm_writev",
        "kill",
        "tkill",
    ),
    *(
        "mount",
        "umount2",
        "pivot_root",
        "chroot",
        "unshare",
        "setns",
        "open_by_handle_at",
        "name_to_handle_at",
    ),
    *("bpf", "perf_event_open", "userfaultfd", "io_uring_setup", "io_uring_enter", "io_uring_register"),
    *("keyctl", "add_key", "request_key", "init_module", "finit_module", "delete_module", "kexec_load"),
    *("memfd_create", "memfd_secret", "personality", "reboot", "swapon", "swapoff", "setrlimit", "acct"),
    *("quotactl", "settimeofday", "clock_settime", "sethostname", "setuid", "setgid", "setreuid", "setregid"),
    *("setresuid", "setresgid", "capset", "mknod", "mknodat", "link", "linkat", "symlink", "symlinkat"),
    *(
        "pidfd_open",
        "pidfd_getfd",
        "pidfd_send_signal",
        "fsopen",
        "move_mount",
        "open_tree",
        "shmget",
        "msgget",
    ),
)


def limit_resources(*, memory_bytes: int, cpu_seconds: int) -> None:
    """Bound memory, processor time and files from now on; nothing may be written to a disk."""
    for kind, limit in (
        (resource.RLIMIT_AS, memory_bytes),
        (resource.RLIMIT_CPU, cpu_seconds),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, MAX_OPEN_FILES),
    ):
        resource.setrlimit(kind, (limit, limit))


def confine(readable: Iterable[Path]) -> None:
    """Leave the process nothing but to think, to read these files and the libraries, and to answer.

    For good: nothing undoes it. Raises OSError, landlock.LandlockError or RuntimeError where the kernel does
    not do its part.
    """
    rules = landlock.Ruleset()
    for path in (*_libraries(), *readable):
        if path.exists():
            rules.allow(path, rules=READ if path.is_dir() else landlock.FSAccess.READ_FILE)
    rules.apply()
    _forbid_system_calls()


def _libraries() -> list[Path]:
    """Where Python, its packages, the linker's files and the data of the recogniser stand."""
    folders = {*sysconfig.get_paths().values(), *site.getsitepackages(), sys.prefix, sys.base_prefix}
    # Of this project only the readers: beside it may stand an .env with its secrets.
    folders.add(str(Path(__file__).parents[1]))
    system = ("/usr/lib", "/lib", "/lib64", "/usr/share/tesseract-ocr", "/usr/share/tessdata", "/dev/urandom")
    return [Path(folder) for folder in (*sorted(folders), *system)]


def _forbid_system_calls() -> None:
    calls = seccomp.SyscallFilter(seccomp.ALLOW)
    for name in FORBIDDEN:
        try:
            calls.add_rule(seccomp.ERRNO(errno.EPERM), name)
        except OSError:
            continue  # not a call of this kernel or of this machine
    # Threads may be made, processes not. clone3 hides its flags behind a pointer; without it libc uses clone.
    calls.add_rule(seccomp.ERRNO(errno.ENOSYS), "clone3")
    calls.add_rule(seccomp.ERRNO(errno.EPERM), "clone", seccomp.Arg(0, seccomp.MASKED_EQ, CLONE_THREAD, 0))
    calls.load()


def escapes() -> list[str]:
    """Try what a confined process must not be able to, and name what succeeded."""
    attempts: dict[str, Callable[[], object]] = {
        "open a socket": _open_socket,
        "read another file": lambda: Path("/etc/passwd").read_bytes(),
        "write a file": lambda: Path(f"/tmp/{os.getpid()}").write_bytes(b"x"),  # noqa: S108  # must fail
        "start a process": _fork,
        "run a program": _run_program,
    }
    succeeded = []
    for name, attempt in attempts.items():
        try:
            attempt()
        except OSError:
            continue
        succeeded.append(name)
    return succeeded


def _open_socket() -> None:
    import socket  # noqa: PLC0415  # only to be refused

    socket.socket().close()


def _fork() -> None:
    if os.fork() == 0:
        os._exit(0)


def _run_program() -> None:
    os.execv("/bin/true", ["true"])  # noqa: S606  # must fail
