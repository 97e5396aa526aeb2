package io.nsfl.ctl.upload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nsfl.protocol.fault.FaultException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class WorkspaceTest {
    @TempDir
    Path directory;

    @Test
    void fillsInThePathsThatTheFilesWillHave() throws IOException {
        config("{\"id\": \"m\", \"scripts\": {\"config_file\": \"t.json\"}, \"extender\": {\"entry\": \"e.py\"},}");
        file("model/b.h5");
        file("model/a.h5");
        file("scripts/t.json");
        file("extender/e.py");
        Workspace workspace = Workspace.read(directory);
        assertThat(workspace.job().path("model_path").asString()).isEqualTo("fl-m/model/a.h5");
        assertThat(workspace.job().path("scripts").toString())
                .isEqualTo("{\"config_file\":\"t.json\",\"path\":\"fl-m/scripts\"}");
        assertThat(workspace.job().path("extender").path("script_path").asString())
                .isEqualTo("fl-m/extender");
        assertThat(workspace.prefix()).isEqualTo("fl-m");
    }

    @Test
    void needsNoModelFileWhereTheJobNamesAModel() throws IOException {
        config("{\"id\": \"m\", \"model_id\": \"x\"}");
        assertThat(Workspace.read(directory).job().has("model_path")).isFalse();
    }

    @Test
    void passesOverAnEmptyDirectoryOfScriptsWhereTheClientsHaveTheirOwn() throws IOException {
        config("{\"id\": \"m\", \"task_entry\": \"own\"}");
        file("model/a.h5");
        Files.createDirectory(directory.resolve("scripts"));
        assertThat(Workspace.read(directory).job().has("scripts")).isFalse();
        file("scripts/t.json");
        refuses("config_file");
    }

    @Test
    void saysWhatTheDirectoryLacks() throws IOException {
        refuses("config.json is missing");
        config("{}");
        refuses("has no id");
        config("{\"id\": \"m\"}");
        refuses("model is missing");
        file("model/readme.txt");
        refuses("no model file");
        file("model/a.pth");
        file("scripts/t.json");
        refuses("config_file");
    }

    private void refuses(String why) {
        assertThatThrownBy(() -> Workspace.read(directory))
                .isInstanceOf(FaultException.class)
                .hasMessageContaining(why);
    }

    private void config(String content) throws IOException {
        Files.writeString(directory.resolve("config.json"), content);
    }

    private void file(String name) throws IOException {
        Path file = directory.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, "x");
    }
}
