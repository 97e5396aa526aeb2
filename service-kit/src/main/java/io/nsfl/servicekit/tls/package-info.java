/** TLS by one switch: certificate, key and authorities from files, for servers and for what connects to them. */
package io.nsfl.servicekit.tls;
