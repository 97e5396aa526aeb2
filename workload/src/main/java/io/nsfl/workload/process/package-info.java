/** Workloads as processes of this machine: they outlive their launcher, which finds them again by its state directory. */
package io.nsfl.workload.process;
