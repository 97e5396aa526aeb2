/** What leaves the client: the change of the weights, protected. */
package io.nsfl.executor.protect;
