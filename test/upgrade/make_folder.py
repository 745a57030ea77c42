#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Makes the data folder of a version, as text where it can be: run once per released version of the
rows, never again. usage: make_folder.py CORRIDOR FOLDER

The folder's node has sent one document to itself (`echo`) and holds the receipt at level logged."""
import pathlib
import shutil
import sqlite3
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "e2e"))
import corridor_node as nodes  # noqa: E402

PORT = 27411  # the node's name contains it


def main(binary, target):
    nodes.BINARY = binary
    target = pathlib.Path(target)
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary) / "node"
        node = nodes.Node(folder, PORT, "The first version").start()
        id_ = node.send(nodes.invoice("UPGRADE-1"), "echo")[1]["exchange"]
        assert node.exchange(id_, "logged")["level"] == "logged"
        status, receipt = node.raw("GET", f"/0/api/v1/exchanges/{id_}/receipt", headers={
            "Authorization": "Bearer " + (folder / "api.key").read_text().strip()})[::2]
        assert status == 200
        node.stop()
        shutil.rmtree(target, ignore_errors=True)
        target.mkdir(parents=True)
        for part in ("node.json", "api.key", "keys", "blobs", "log"):
            (shutil.copytree if (folder / part).is_dir() else shutil.copy)(folder / part, target / part)
        with sqlite3.connect(folder / "node.db") as rows:
            pragmas = "".join(f"PRAGMA {p}={rows.execute(f'PRAGMA {p}').fetchone()[0]};\n"
                              for p in ("application_id", "user_version"))
            (target / "node.sql").write_text(pragmas + "\n".join(rows.iterdump()) + "\n")
        (target / "sent.receipt.json").write_bytes(receipt)
        (target / "sent.id").write_text(id_ + "\n")


main(*sys.argv[1:])
