/** Who may do what on a whole platform: logins of users, TLS of every port, enrolment of clients, and their script policies. */
package io.nsfl.systemtests.access;
