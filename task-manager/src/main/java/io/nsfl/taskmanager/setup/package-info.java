/** The setup file and the command line, read leniently and checked whole. */
package io.nsfl.taskmanager.setup;
