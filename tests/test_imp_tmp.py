import sys, time, random, resource, cProfile, pstats
sys.path.insert(0,'.')
import pytest
from shared.services.imports import running, formats, kinds
from shared.models.kinds import Role
from shared.rules import identity
from tests import build, importing
N=int(__import__("os").environ.get("N","100000"))
def ids(n):
    W=(7,9,10,5,8,4,2,1,6,3,7,9,10,5,8,4,2)
    for i in range(n):
        day=f"19{60+i%35:02d}{1+i%12:02d}{1+i%28:02d}"
        base=f"32010{1+i%5}{day}{i//420%1000:03d}"
        yield base+"10X98765432"[sum(w*int(d) for w,d in zip(W,base))%11]
def test_it(own_database):
    b=build.a_nanjing(); schools=[build.a_school(f"学校{i}",bureau=b.gulou).code for i in range(100)]
    c=build.a_campaign(b.province); by=build.an_actor(Role.DISTRICT,b.gulou)
    import tempfile, xlsxwriter
    path=tempfile.mktemp(suffix=".xlsx")
    seen=set(); rows=[]
    for k,i in enumerate(ids(N*3)):
        if i in seen: continue
        seen.add(i); rows.append((schools[k%100],f"教师{k}",i))
        if len(rows)==N: break
    with xlsxwriter.Workbook(path,{"constant_memory":True}) as book:
        s=book.add_worksheet()
        s.write_row(0,0,("学校编码","姓名","身份证号","备注一","备注二","备注三","备注四","备注五","备注六","备注七","备注八","备注九"))
        for r,row in enumerate(rows,1):
            s.write_row(r,0,row+("城市","在编在岗","2016-08-01","汉族","本科","学士","语文","高级","合格"))
    before=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    fh=open(path,"rb"); key=running.receive("roster_entries",fh,"a.xlsx",by=by,campaign_id=c.id); fh.close()
    t=time.perf_counter()
    prof=cProfile.Profile() if __import__("os").environ.get("PROF") else None
    running.work_off(key); t1=time.perf_counter()
    print("\ncheck",importing.counts(key), N/(t1-t))
    if importing.counts(key)[3]: print(list(importing.refusals(key).items())[:3])
    running.start(key,by=by,digest=importing.the(key).digest)
    t=time.perf_counter()
    if prof: prof.enable()
    running.work_off(key); t1=time.perf_counter()
    if prof: prof.disable(); pstats.Stats(prof).sort_stats("tottime").print_stats(28)
    print("write",importing.the(key).state, N/(t1-t), "rows/s", (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss-before)/1024,"MiB more of", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss/1024)
