/** Which clients are taken in: all, those with a token of the operator, or those with a certificate. */
package io.nsfl.sessions.enrolment;
