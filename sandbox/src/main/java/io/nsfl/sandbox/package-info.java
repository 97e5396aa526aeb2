/**
 * A user's script as a process of its own: what it is started with, how it is confined, how it ends, and how all of it is killed. Used
 * wherever code of a user runs: by executors at the clients, by coordinators for extenders.
 */
package io.nsfl.sandbox;
