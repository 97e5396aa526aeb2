/** One job's work on one client: runs its scripts and makes its updates; talks to its task-manager only. */
package io.nsfl.executor;
