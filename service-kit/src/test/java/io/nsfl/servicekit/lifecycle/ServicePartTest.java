package io.nsfl.servicekit.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.context.support.GenericApplicationContext;

class ServicePartTest {
    private final List<String> seen = new ArrayList<>();

    @Test
    void startsPartsInTheOrderOfTheirStagesAndStopsThemInReverse() {
        GenericApplicationContext context = new GenericApplicationContext();
        context.registerBean("loop", ServicePart.class, () -> part("loop", ServicePart.Stage.WORK));
        context.registerBean("store", ServicePart.class, () -> part("store", ServicePart.Stage.STORES));
        context.registerBean("channel", ServicePart.class, () -> part("channel", ServicePart.Stage.CONNECTIONS));

        context.refresh();
        context.close();

        assertThat(seen).containsExactly("+store", "+channel", "+loop", "-loop", "-channel", "-store");
    }

    @Test
    void endsTheStartOfTheServiceWhenAPartDoesNotStart() {
        ServicePart part = new ServicePart(
                "store",
                ServicePart.Stage.STORES,
                () -> {
                    throw new IOException("no disk");
                },
                () -> {});

        assertThatThrownBy(part::start).hasMessageContaining("store").hasRootCauseMessage("no disk");
        assertThat(part.isRunning()).isFalse();
    }

    @Test
    void stopsAllTheSameWhenAPartFailsToStopInOrder() {
        ServicePart part = new ServicePart("store", ServicePart.Stage.STORES, () -> {}, () -> {
            throw new IOException("no disk");
        });
        part.start();

        part.stop();

        assertThat(part.isRunning()).isFalse();
    }

    private ServicePart part(String name, ServicePart.Stage stage) {
        return new ServicePart(name, stage, () -> seen.add("+" + name), () -> seen.add("-" + name));
    }
}
