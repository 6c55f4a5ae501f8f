// npm that is told to stop tells only the shell between itself and the program: without this the program would go on,
// with nobody above it, and keep the port. Where parents are never replaced (Windows) it does nothing.
const shell = process.ppid;
const watch = setInterval(() => {
  if (process.ppid === shell) return;
  clearInterval(watch);
  process.kill(process.pid, 'SIGTERM');
}, 250);
watch.unref();
