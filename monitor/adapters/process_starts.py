"""
Processes are started one after the other.

Who starts a program reads from a pipe until it is closed, which says that the program runs. A fork that another thread
makes in that moment holds a copy of the pipe for as long as it lives, and who waits for the end of it - the event
loop - waits as long.
"""

import threading

# To be held by whoever starts a process. The tasks of one loop may start several at once, since none of them forks.
STARTING = threading.RLock()
