package io.nsfl.servicekit.fault;

import io.nsfl.protocol.ids.IdSource;
import java.util.UUID;
import org.apache.catalina.core.StandardHost;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Imported by every service with REST. */
@Configuration(proxyBeanMethods = false)
public class RestFaultConfiguration {
    @Bean
    RestFaults restFaults(ObjectProvider<IdSource> ids) {
        return new RestFaults(ids.getIfUnique(() -> () -> UUID.randomUUID().toString()));
    }

    /** What the container refuses by itself is answered in JSON too. */
    @Bean
    WebServerFactoryCustomizer<TomcatServletWebServerFactory> containerFaults() {
        return tomcat -> tomcat.addContextCustomizers(context -> {
            if (context.getParent() instanceof StandardHost host) {
                host.setErrorReportValveClass(ContainerFaults.class.getName());
            }
        });
    }

    @Bean
    ErrorPath errorPath(RestFaults faults) {
        return new ErrorPath(faults);
    }
}
