// What people choose when they are asked for a password, as its core: without case, accents, digits and signs around it.
// With what fold-away rules in check-password.ts make of each (years, 123, @, doubled, two in a row) this covers far more
// than the thousand passwords seen most often.

const english = `password passwort passwd pass secret letmein welcome login signin admin administrator root user guest test
testing tester default changeme change master monkey dragon shadow sunshine princess superman batman spiderman ironman
football baseball basketball soccer hockey tennis golf liverpool arsenal chelsea barcelona manchester realmadrid juventus
iloveyou loveyou lovely love lover forever friend friends family mother father daddy mommy baby angel angels flower
butterfly rainbow cookie chocolate banana orange apple cherry pepper ginger coffee summer winter spring autumn january
february march april june july august september october november december monday tuesday wednesday thursday friday
saturday sunday michael jennifer jessica jordan daniel ashley andrew joshua matthew michelle charlie thomas robert william
anthony nicole amanda hannah george samantha elizabeth alexander victoria christian jonathan benjamin patrick richard
computer internet google facebook youtube twitter instagram samsung iphone android nokia microsoft windows linux server
database oracle system network security access office company business manager support service customer marketing sales
hello hellohello helloworld world freedom whatever nothing trustno trustnoone killer hunter ranger tigger tiger eagle
falcon phoenix mustang ferrari porsche mercedes yamaha honda toyota corvette harley diamond silver golden purple yellow
blue green black white pokemon pikachu naruto starwars minecraft fortnite roblox counterstrike warcraft gamer hacker
matrix merlin wizard magic ninja samurai pirate zombie monster soldier success lucky money million dollar bitcoin
starbucks corona america canada london paris berlin tokyo australia singapore passphrase mypassword yourpassword
newpassword oldpassword temppass temporary tempo logmein openup opensesame abracadabra computer1 zaq qaz wsx edc qwe asd
zxc qwert qwerty qwertz azerty qwertyui qwertyuiop asdf asdfg asdfgh asdfghjkl zxcv zxcvb zxcvbn zxcvbnm qazwsx qazwsxedc
zaqxsw poiuytrewq lkjhgfdsa mnbvcxz abc abcd abcde abcdef abcdefg abcdefgh abcdefghi aaa bbb xxx iii`;

const vietnamese = `matkhau matkhaumoi matkhaucu mk khongco khongbiet khongnho quenroi quenmatkhau dangnhap taikhoan
quantri quantrivien nhanvien khachhang cskh chamsockhachhang congty cuahang banhang kinhdoanh ketoan giamdoc thuky letan
spa thammy thammyvien daotao trungtam trungtamdaotao hocvien giaovien
vietnam vietnamvodich hanoi saigon hochiminh tphcm danang haiphong cantho hue nhatrang dalat vungtau quangninh nghean
anhyeuem anhyeuemnhieu emyeuanh emyeuanhnhieu yeuem yeuanh yeuemnhieu toiyeuem toiyeuvietnam yeumai maiyeu yeuconnhieu
nhoanh nhoem tinhyeu tinhban hanhphuc giadinh giadinhtoi boyeu meyeu bome boyeume conyeu vochong chongyeu voyeu
thuongem thuonganh maimai mai mailayeu dungnhuthe conheo heocon meocon chocon gautruc
nguyen nguyenvan nguyenthi tranvan tranthi lethi levan phamvan phamthi hoangvan
minhanh quanganh tuananh ngocanh lananh thanhtam thanhthao phuongthao thuylinh khanhlinh ngoclan huyentrang thuytrang
minhduc minhhieu quanghuy quochuy ducanh hoanganh tienphat phatdat phattai locphat locphatloc tailoc tienve
songlong rongvang thienthan congchua hoangtu nangtien anhhung chienthang bongda congphuong quanghai
zalo zalopay momo vietcombank viettel vinaphone mobifone vnpt fpt ganbo gheqwe hihihi hahaha huhuhu hehehe kakaka
concho conlon vailon dkm clgt deobiet xinchao chaoban chaocacban camon`;

export const commonWords: ReadonlySet<string> = new Set(`${english} ${vietnamese}`.split(/\s+/));

/** Rows of keys and of signs in order; a password that walks along one of them, either way, is none. */
export const walks: readonly string[] = [
  '01234567890123456789',
  'abcdefghijklmnopqrstuvwxyz',
  'qwertyuiopasdfghjklzxcvbnm',
  '1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik,9ol.0p;/',
  'q1w2e3r4t5y6u7i8o9p0',
  '1q2w3e4r5t6y7u8i9o0p',
  '1a2b3c4d5e6f7g8h9i',
  'a1b2c3d4e5f6g7h8i9',
  'qazwsxedcrfvtgbyhnujmikolp',
  '147258369',
  '741852963',
  '789456123',
  '159753',
];
