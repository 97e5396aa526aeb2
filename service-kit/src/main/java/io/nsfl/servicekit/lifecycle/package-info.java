/** Start and stop of a service: a failed start in one sentence, exit codes, the configuration shown, parts stopped in order. */
package io.nsfl.servicekit.lifecycle;
