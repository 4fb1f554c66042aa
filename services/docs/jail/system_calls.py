import errno
import os
from typing import Final

import pyseccomp as seccomp  # type: ignore[import-untyped]  # no stubs

# All that Python, pdfium, tesseract and the other readers call; what a kernel or machine does not have is
# passed over. Everything else fails as if the kernel did not know it: libraries are made for that.
ALLOWED: Final = (
    *("read", "readv", "pread64", "write", "writev", "lseek", "close", "dup", "fcntl", "ioctl", "fadvise64"),
    *("open", "openat", "stat", "lstat", "fstat", "newfstatat", "statx", "access", "faccessat", "faccessat2"),
    *("readlink", "readlinkat", "getcwd", "getdents64", "poll", "ppoll", "select", "pselect6"),
    *("mmap", "munmap", "mremap", "mprotect", "madvise", "brk", "mincore", "membarrier"),
    *("rt_sigaction", "rt_sigprocmask", "rt_sigreturn", "sigaltstack", "restart_syscall"),
    *("setitimer", "getitimer", "clock_gettime", "clock_getres", "clock_nanosleep", "nanosleep"),
    *("gettimeofday", "time", "times", "getrusage", "getrandom", "futex", "rseq", "set_robust_list"),
    *("getpid", "gettid", "getppid", "getuid", "geteuid", "getgid", "getegid", "getpgrp", "getrlimit"),
    *("uname", "sysinfo", "getcpu", "sched_yield", "sched_getaffinity", "get_mempolicy"),
    *("exit", "exit_group"),
)


def allow_only_what_reading_takes() -> None:
    """Leave this process no sockets, children, programs, signals to others, or ways to change a file.

    Raises OSError, RuntimeError.
    """
    calls = seccomp.SyscallFilter(seccomp.ERRNO(errno.ENOSYS))
    for name in ALLOWED:
        try:
            calls.add_rule(seccomp.ALLOW, name)
        except OSError:
            continue  # not a call of this machine
    own_limits, own_end = seccomp.Arg(0, seccomp.EQ, 0), seccomp.Arg(0, seccomp.EQ, os.getpid())
    calls.add_rule(seccomp.ALLOW, "prlimit64", own_limits)
    calls.add_rule(seccomp.ALLOW, "tgkill", own_end)
    calls.load()
