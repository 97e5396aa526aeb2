/** What a client keeps of a run between its tasks, and when it may believe it. */
package io.nsfl.taskmanager.state;
