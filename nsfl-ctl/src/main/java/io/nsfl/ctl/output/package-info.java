/** What a command prints. */
package io.nsfl.ctl.output;
