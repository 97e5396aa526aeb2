package io.nsfl.servicekit.fault;

import io.nsfl.protocol.ids.IdSource;
import java.util.UUID;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Imported by every service with REST. */
@Configuration(proxyBeanMethods = false)
public class RestFaultConfiguration {
    @Bean
    RestFaults restFaults(ObjectProvider<IdSource> ids) {
        return new RestFaults(ids.getIfUnique(() -> () -> UUID.randomUUID().toString()));
    }

    @Bean
    ErrorPath errorPath(RestFaults faults) {
        return new ErrorPath(faults);
    }
}
