/** SCAFFOLD at the client: before the script what its steps are corrected by, afterwards the control variate that they make. */
package io.nsfl.executor.control;
