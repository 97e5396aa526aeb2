/** Where the servers are and who asks. */
package io.nsfl.ctl.config;
