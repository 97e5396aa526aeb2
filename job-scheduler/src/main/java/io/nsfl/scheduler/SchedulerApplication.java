package io.nsfl.scheduler;

import io.nsfl.servicekit.lifecycle.ServiceMain;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.annotation.Import;

/** The job-scheduler as a process of its own, or as a sibling context in a JVM with others. */
@SpringBootConfiguration
@EnableAutoConfiguration
@Import({SchedulerConfiguration.class, ReferenceConfiguration.class})
public class SchedulerApplication {
    public static void main(String[] args) {
        ServiceMain.run("job-scheduler", () -> builder().run(args));
    }

    /** Ready to run; whoever embeds it adds property sources of his own. */
    public static SpringApplicationBuilder builder() {
        return new SpringApplicationBuilder(SchedulerApplication.class)
                .web(WebApplicationType.SERVLET)
                .properties(
                        "spring.config.location=classpath:/nsfl-job-scheduler.yaml",
                        "spring.main.banner-mode=off",
                        // Files of the class path are served by what names them only.
                        "spring.web.resources.add-mappings=false");
    }
}
