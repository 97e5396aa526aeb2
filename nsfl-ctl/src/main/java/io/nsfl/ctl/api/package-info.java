/** REST of the API server. */
package io.nsfl.ctl.api;
