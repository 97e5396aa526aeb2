/** The command line: what a user types. */
package io.nsfl.ctl;
