/** The commands, one class per verb. */
package io.nsfl.ctl.command;
