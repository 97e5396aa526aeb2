/** The job object as records, and the reader that checks it. */
package io.nsfl.protocol.job;
