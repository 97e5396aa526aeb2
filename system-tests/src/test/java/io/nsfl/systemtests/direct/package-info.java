/** A coordinator and its clients without scheduler and selector, as the quick start runs them: real processes, real scripts. */
package io.nsfl.systemtests.direct;
