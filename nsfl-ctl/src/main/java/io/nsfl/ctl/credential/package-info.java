/** Keys and tokens that prove to the platform who somebody is, made without asking it. */
package io.nsfl.ctl.credential;
