/** Which step each state of a task calls for, and the files that stay when it is over. */
package io.nsfl.taskmanager.flow;
