import asyncio
async def test_stress(office):
    rob, bo, ana = office.person("rob"), office.person("bo"), office.person("ana")
    async def one(n):
        await rob.types(f"/triage new problem {n}", in_="#general")
    bad = []
    for n in range(1, 41):
        await one(n)
        a, b = await asyncio.gather(bo.types(f"/triage take {n}", in_="#web"), ana.types(f"/triage resolve {n} done", in_="#general"))
        for m in (a, b):
            if "database" in m.text or "went wrong" in m.text: bad.append(m.text)
    assert not bad, bad
