package io.nsfl.modelmanager;

import io.nsfl.servicekit.lifecycle.ServiceMain;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.annotation.Import;

/** The model-manager as a process of its own, or as a sibling context in a JVM with others. */
@SpringBootConfiguration
@EnableAutoConfiguration
@Import(ModelManagerConfiguration.class)
public class ModelManagerApplication {
    public static void main(String[] args) {
        ServiceMain.run("model-manager", () -> builder().run(args));
    }

    /** Ready to run; whoever embeds it adds property sources of his own. */
    public static SpringApplicationBuilder builder() {
        return new SpringApplicationBuilder(ModelManagerApplication.class)
                .web(WebApplicationType.SERVLET)
                .properties("spring.config.location=classpath:/nsfl-model-manager.yaml", "spring.main.banner-mode=off");
    }
}
