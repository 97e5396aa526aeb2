/** What an algorithm at the server remembers from one round to the next. */
package io.nsfl.federation.state;
