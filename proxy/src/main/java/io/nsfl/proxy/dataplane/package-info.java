/** nginx: started, looked after, told of new files, and ended with this service, however that ends. */
package io.nsfl.proxy.dataplane;
