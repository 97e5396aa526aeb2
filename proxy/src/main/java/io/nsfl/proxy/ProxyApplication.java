package io.nsfl.proxy;

import io.nsfl.servicekit.lifecycle.ServiceMain;
import java.security.Security;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.annotation.Import;

/** The proxy as a process of its own. */
@SpringBootConfiguration
@EnableAutoConfiguration
@Import(ProxyConfiguration.class)
public class ProxyApplication {
    public static void main(String[] args) {
        // A coordinator that is started again may have the same name at another address.
        Security.setProperty("networkaddress.cache.ttl", "2");
        Security.setProperty("networkaddress.cache.negative.ttl", "1");
        ServiceMain.run("proxy", () -> builder().run(args));
    }

    /** Ready to run; whoever embeds it adds property sources of his own. */
    public static SpringApplicationBuilder builder() {
        return new SpringApplicationBuilder(ProxyApplication.class)
                .web(WebApplicationType.SERVLET)
                .properties("spring.config.location=classpath:/nsfl-proxy.yaml", "spring.main.banner-mode=off");
    }
}
