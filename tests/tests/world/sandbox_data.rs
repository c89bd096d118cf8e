//! What a sandbox keeps on disk holds texts and signing secrets: it is its owner's alone.

#[cfg(unix)]
#[test]
fn the_files_of_a_sandbox_can_be_read_by_their_owner_alone() {
    use std::os::unix::fs::PermissionsExt;

    e2e::case!(async {
        let home = tempfile::tempdir().expect("a directory");
        let data = home.path().join("data");
        let stack = e2e::stack_with(|options| options.data = Some(data.clone())).await;
        e2e::with_ticket(&stack).await;
        stack.stop().await.expect("stopped");
        let mut open = Vec::new();
        let mut folders = vec![data];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(&folder).expect("a directory") {
                let entry = entry.expect("an entry");
                if entry.path().is_dir() {
                    folders.push(entry.path());
                }
            }
            let mode = std::fs::metadata(&folder)
                .expect("there")
                .permissions()
                .mode();
            if mode & 0o077 != 0 {
                open.push(format!("{}: {mode:o}", folder.display()));
            }
        }
        assert_eq!(open, [""; 0]);
    });
}
