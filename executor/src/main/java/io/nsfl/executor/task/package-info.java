/** One task from its request to its end: what to run, the run itself, what came of it. */
package io.nsfl.executor.task;
