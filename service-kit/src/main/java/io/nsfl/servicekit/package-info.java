/** The chassis of every service; each package under it is one concern, and a service takes what it needs. */
package io.nsfl.servicekit;
