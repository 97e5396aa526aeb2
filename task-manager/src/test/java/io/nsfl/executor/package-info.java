/** Stands in for the executor in tests. */
package io.nsfl.executor;
