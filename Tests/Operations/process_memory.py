"""The memory of another process (man 5 proc, maps and mem)."""


def memory(process):
    """All memory that the process can write to, as (address, bytes)."""
    with open(f"/proc/{process}/maps") as maps, open(f"/proc/{process}/mem", "rb", 0) as mem:
        for line in maps:
            span, rights, *rest = line.split()
            if rights[1] != "w" or rest[-1] == "[vvar]":
                continue
            start, end = (int(part, 16) for part in span.split("-"))
            mem.seek(start)
            try:
                yield f"{span} {rest[-1]}", start, mem.read(end - start)
            except OSError:
                pass
