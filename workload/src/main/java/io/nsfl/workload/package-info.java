/** The port through which services run something and learn how it ends, whether it is a process here or a pod in a cluster. */
package io.nsfl.workload;
