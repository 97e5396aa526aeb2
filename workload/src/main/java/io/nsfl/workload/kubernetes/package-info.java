/** Workloads as pods of a Kubernetes cluster: how they are described, watched, told of and ended. */
package io.nsfl.workload.kubernetes;
