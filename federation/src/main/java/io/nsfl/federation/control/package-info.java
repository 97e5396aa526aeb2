/** Control variates of SCAFFOLD: what corrects the drift of a client's local steps. */
package io.nsfl.federation.control;
