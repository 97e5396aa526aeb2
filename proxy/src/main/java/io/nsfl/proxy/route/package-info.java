/** Which coordinator a job has: the table, and the API by which the job-scheduler writes it. */
package io.nsfl.proxy.route;
