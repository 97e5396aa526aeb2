/** Where everything of one installation lies. */
package io.nsfl.standalone.home;
