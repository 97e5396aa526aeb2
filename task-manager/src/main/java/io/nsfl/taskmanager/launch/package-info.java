/** The executors that run the scripts: launching, adopting, talking to them. */
package io.nsfl.taskmanager.launch;
