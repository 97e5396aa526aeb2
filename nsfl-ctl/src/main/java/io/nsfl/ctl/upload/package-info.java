/** Files of a job to the object store. */
package io.nsfl.ctl.upload;
