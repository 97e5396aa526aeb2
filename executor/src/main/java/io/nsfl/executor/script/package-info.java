/** A script as a process of its own: what it is started with, how it is started fast, how it ends, and how all of it is killed. */
package io.nsfl.executor.script;
