/** Real processes, killed without warning while a job runs: the job ends with the model it would have had without. */
package io.nsfl.systemtests.crash;
