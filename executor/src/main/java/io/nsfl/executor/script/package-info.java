/** Faster ways to start a script of a runtime than from scratch: prepared processes that become it. */
package io.nsfl.executor.script;
